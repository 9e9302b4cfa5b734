-- Applies a list of changes to one cart, all of them or none: the rules of document.py, in one round trip.
--
-- KEYS  1 quantities  hash sku_id -> quantity
--       2 notes       hash sku_id -> "position:selected:unit_price", and "" -> second of the last change
--       3 references  zset reference -> second until which it is remembered
-- ARGV  1 now (s)  2 reference or ""  3 remember (s)  4 clip  5 clear  6 most lines  7 lifetime (s)  8 read
--       then per change: kind, sku_id, quantity, cap (-1: none), selected, unit_price, position
-- Gives {status, count, {old, new, why, ...}, quantities, notes}; status 1 applied, 0 refused, 2 seen before.

local now, reference = tonumber(ARGV[1]), ARGV[2]
local clip, clear = ARGV[4] == '1', ARGV[5] == '1'
local most, lifetime = tonumber(ARGV[6]), tonumber(ARGV[7])
local results, plan, status = {}, {}, 1
local stored, current = {}, {} -- sku_id -> quantity before all changes, and as the plan stands
local count = clear and 0 or redis.call('HLEN', KEYS[1])

if reference ~= '' then
  local untill = redis.call('ZSCORE', KEYS[3], reference)
  if untill and tonumber(untill) > now then status = 2 end
end

for i = 9, #ARGV, 7 do
  local kind, sku, quantity, cap = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  if not stored[sku] then
    stored[sku] = tonumber(redis.call('HGET', KEYS[1], sku) or '0')
    current[sku] = clear and 0 or stored[sku]
  end
  local old = current[sku]
  local new, why = quantity, ''
  if kind == 'add' then new = old + quantity
  elseif kind == 'max' then new = math.max(old, quantity)
  elseif kind == 'take' then new = math.max(0, old - quantity)
  elseif kind == 'mark' or (kind == 'put' and old > 0) then new = old
  end
  if cap >= 0 and new > cap and kind ~= 'take' and kind ~= 'mark' and not (kind == 'put' and old > 0) then
    if clip then new = math.max(old, cap) else why = 'cap' end
  end
  if why == '' and new > 0 and old == 0 and most > 0 and count >= most then
    if clip then new = 0 else why = 'full' end
  end
  if why ~= '' then
    new = old
    if status == 1 then status = 0 end
  elseif old == 0 and new > 0 then count = count + 1
  elseif old > 0 and new == 0 then count = count - 1
  end
  current[sku] = new
  results[#results + 1] = stored[sku]
  results[#results + 1] = new
  results[#results + 1] = why
  plan[#plan + 1] = {i, kind, sku, old, new}
end

if status == 1 then
  if clear then redis.call('DEL', KEYS[1], KEYS[2]) end
  for _, step in ipairs(plan) do
    local i, kind, sku, old, new = unpack(step)
    if new == 0 then
      if old > 0 then
        redis.call('HDEL', KEYS[1], sku)
        redis.call('HDEL', KEYS[2], sku)
      end
    else
      if new ~= old then redis.call('HSET', KEYS[1], sku, new) end
      if old == 0 then
        redis.call('HSET', KEYS[2], sku, ARGV[i + 6] .. ':' .. ARGV[i + 4] .. ':' .. ARGV[i + 5])
      elseif kind == 'add' or kind == 'mark' then
        local position, selected, price = string.match(redis.call('HGET', KEYS[2], sku) or '', '^(%d+):(%d):(.*)$')
        position = position or ARGV[i + 6]
        if kind == 'add' then price = ARGV[i + 5] end
        redis.call('HSET', KEYS[2], sku, position .. ':' .. ARGV[i + 4] .. ':' .. (price or ''))
      end
    end
  end
  if count == 0 then
    redis.call('DEL', KEYS[2])
  else
    redis.call('HSET', KEYS[2], '', now)
    if lifetime > 0 then
      redis.call('EXPIRE', KEYS[1], lifetime)
      redis.call('EXPIRE', KEYS[2], lifetime)
    end
  end
  if reference ~= '' then
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
    redis.call('ZADD', KEYS[3], now + tonumber(ARGV[3]), reference)
    local last = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')
    redis.call('EXPIREAT', KEYS[3], last[2])
  end
else
  count = redis.call('HLEN', KEYS[1])
end

if ARGV[8] == '1' then
  return {status, count, results, redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
end
return {status, count, results}
