-- KEYS  1 quantities  2 notes
-- Gives {quantities, notes}, both as they are at one moment.

return {redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
