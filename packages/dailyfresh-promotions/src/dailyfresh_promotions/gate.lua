-- The gate of one flash sale: who is let through to the database, and nothing is decided here but that.
-- KEYS: left (SKU -> pieces), most (SKU -> pieces of one buyer), had ("user SKU" -> pieces), live (pass -> when it is over),
--       held (pass -> user, SKU, pieces, SKU, pieces, one a line), done (passes that became orders)
-- ARGV: what to do, the second, the pass; then as each says
local left, most, had, live, held, done = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local doing, now, pass = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local function each_of(token, act)
  local words = {}
  for word in string.gmatch(redis.call('HGET', held, token) or '', '[^\n]+') do words[#words + 1] = word end
  for n = 2, #words - 1, 2 do act(words[1], words[n], tonumber(words[n + 1])) end
end

local function go_back(token)
  if redis.call('ZREM', live, token) == 0 then return end
  each_of(token, function (user, sku, n)
    redis.call('HINCRBY', left, sku, n)
    redis.call('HINCRBY', had, user .. ' ' .. sku, -n)
  end)
  redis.call('HDEL', held, token)
end

if doing == 'enter' then  -- seconds that the pass is good for, user, then SKU and pieces
  if redis.call('EXISTS', left) == 0 or redis.call('SISMEMBER', done, pass) == 1 then return 1 end
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', live, '-inf', now, 'LIMIT', 0, 100)) do go_back(token) end
  if redis.call('ZSCORE', live, pass) then return 1 end
  local user, kept = ARGV[5], {ARGV[5]}
  for n = 6, #ARGV, 2 do
    local sku, there = ARGV[n], tonumber(redis.call('HGET', left, ARGV[n]) or '')
    if there then
      -- The buyer first: who has all of theirs must not take pieces away from the others for a moment.
      local mine = tonumber(redis.call('HGET', most, sku)) - tonumber(redis.call('HGET', had, user .. ' ' .. sku) or '0')
      local wanted = math.min(tonumber(ARGV[n + 1]), mine)
      if wanted < 1 or there < wanted then return 0 end
      kept[#kept + 1], kept[#kept + 2] = sku, wanted
    end
  end
  for n = 2, #kept, 2 do
    redis.call('HINCRBY', left, kept[n], -kept[n + 1])
    redis.call('HINCRBY', had, user .. ' ' .. kept[n], kept[n + 1])
  end
  redis.call('HSET', held, pass, table.concat(kept, '\n'))
  redis.call('ZADD', live, now + tonumber(ARGV[4]), pass)
  return 1
elseif doing == 'leave' then
  go_back(pass)
elseif doing == 'keep' then
  redis.call('ZREM', live, pass)
  redis.call('HDEL', held, pass)
  redis.call('SADD', done, pass)
  redis.call('EXPIRE', done, 86400)
elseif doing == 'fill' then  -- seconds that it is good for, how many SKUs, then SKU, pieces, most; after them "user SKU", pieces
  local skus = tonumber(ARGV[5])
  redis.call('DEL', left, most, had)
  for n = 6, 5 + 3 * skus, 3 do
    redis.call('HSET', left, ARGV[n], ARGV[n + 1])
    redis.call('HSET', most, ARGV[n], ARGV[n + 2])
  end
  for n = 6 + 3 * skus, #ARGV, 2 do redis.call('HSET', had, ARGV[n], ARGV[n + 1]) end
  for _, token in ipairs(redis.call('ZRANGEBYSCORE', live, '-inf', now)) do
    redis.call('ZREM', live, token)
    redis.call('HDEL', held, token)
  end
  for _, token in ipairs(redis.call('ZRANGE', live, 0, -1)) do
    each_of(token, function (user, sku, n)
      redis.call('HINCRBY', left, sku, -n)
      redis.call('HINCRBY', had, user .. ' ' .. sku, n)
    end)
  end
  for n = 1, 5 do redis.call('EXPIRE', KEYS[n], tonumber(ARGV[4])) end
end
return 1
