-- Sets a guest's lines aside for one account, or gives those that were and never released.
--
-- KEYS  1 quantities  2 notes  3 quantities set aside for the account  4 notes set aside ("" -> reference)
-- ARGV  1 reference  2 lifetime (s)
-- Gives {reference, quantities, notes}, or {} when there is nothing for this account.

if redis.call('EXISTS', KEYS[3]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
  redis.call('RENAME', KEYS[1], KEYS[3])
  redis.call('DEL', KEYS[4])
  if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('RENAME', KEYS[2], KEYS[4]) end
  redis.call('HSET', KEYS[4], '', ARGV[1])
  if tonumber(ARGV[2]) > 0 then
    redis.call('EXPIRE', KEYS[3], ARGV[2])
    redis.call('EXPIRE', KEYS[4], ARGV[2])
  end
end
return {redis.call('HGET', KEYS[4], ''), redis.call('HGETALL', KEYS[3]), redis.call('HGETALL', KEYS[4])}
