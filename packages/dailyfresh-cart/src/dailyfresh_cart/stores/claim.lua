-- Sets a guest's lines aside for one account.
--
-- KEYS  1 quantities  2 notes  3 quantities set aside  4 notes set aside ("" -> "reference account")
-- ARGV  1 account  2 reference  3 lifetime (s)
-- Gives {reference, quantities, notes}, or {} when there is nothing for this account.

if redis.call('EXISTS', KEYS[3]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
  redis.call('RENAME', KEYS[1], KEYS[3])
  redis.call('DEL', KEYS[4])
  if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[4]) end
  redis.call('HSET', KEYS[4], '', ARGV[2] .. ' ' .. ARGV[1])
  if tonumber(ARGV[3]) > 0 then
    redis.call('EXPIRE', KEYS[3], ARGV[3])
    redis.call('EXPIRE', KEYS[4], ARGV[3])
  end
end
local reference, account = string.match(redis.call('HGET', KEYS[4], '') or '', '^(%S*) (.*)$')
if account ~= ARGV[1] then return {} end
return {reference, redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4])}
