-- Drops what was set aside of a guest's cart for one account.
--
-- KEYS  1 quantities  2 quantities set aside  3 notes set aside
-- Gives 1 when the guest has put new lines in meanwhile.

redis.call('DEL', KEYS[2], KEYS[3])
return redis.call('EXISTS', KEYS[1])
