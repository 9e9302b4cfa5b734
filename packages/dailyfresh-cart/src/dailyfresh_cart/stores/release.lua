-- Drops what was set aside of a guest's cart for one account.
--
-- KEYS  1 quantities  2 claims
-- ARGV  1 account
-- Gives 1 when the guest has put new lines in meanwhile.

redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('EXISTS', KEYS[1])
