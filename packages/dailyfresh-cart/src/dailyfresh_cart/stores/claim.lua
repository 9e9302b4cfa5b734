-- Sets a guest's lines aside for one account, or gives those that were and never released.
--
-- KEYS  1 quantities  2 notes  3 claims  hash account -> JSON {reference, quantities, notes, second until which it holds}
-- ARGV  1 account  2 reference  3 now (s)  4 lifetime (s; 0 for ever)
-- Gives {reference, quantities, notes}, or {} when there is nothing for this account.

local now, lifetime = tonumber(ARGV[3]), tonumber(ARGV[4])
local held = redis.call('HGET', KEYS[3], ARGV[1])
local read, claim = pcall(cjson.decode, held or '')
if not (read and type(claim) == 'table' and type(claim[1]) == 'string' and type(claim[2]) == 'table'
    and type(claim[3]) == 'table' and type(claim[4]) == 'number') then
  claim = nil -- none, or what no cart of ours wrote
end
if not claim or (claim[4] > 0 and claim[4] <= now) then
  if redis.call('EXISTS', KEYS[1]) == 0 then return {} end
  claim = {
    ARGV[2], redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2]), lifetime > 0 and now + lifetime or 0,
  }
  local left = redis.call('TTL', KEYS[3]) -- -1 where another claim holds for ever
  redis.call('HSET', KEYS[3], ARGV[1], cjson.encode(claim))
  redis.call('DEL', KEYS[1], KEYS[2])
  if lifetime == 0 then
    redis.call('PERSIST', KEYS[3])
  elseif left ~= -1 then
    redis.call('EXPIRE', KEYS[3], math.max(left, lifetime))
  end
end
return {claim[1], claim[2], claim[3]}
