-- Forgets a cart and all that is remembered of it.
--
-- KEYS  1 quantities  2 notes  3 references  4 claims
-- ARGV  1 second since which a change keeps the cart, or "" to drop it whatever happened
-- Gives 1 when there was a cart and it is gone.

if ARGV[1] ~= '' and redis.call('EXISTS', KEYS[1]) == 1 then
  local changed = tonumber(redis.call('HGET', KEYS[2], '') or '0') or 0
  if changed >= tonumber(ARGV[1]) then return 0 end
end
local was = redis.call('EXISTS', KEYS[1])
redis.call('DEL', unpack(KEYS))
return was
