-- Applies a list of changes to one cart, all of them or none: the rules of document.py, in one round trip.
--
-- KEYS  1 quantities  hash sku_id -> quantity: "2" pieces, "750g" grams
--       2 notes       hash sku_id -> "position:selected:unit_price", and "" -> second of the last change
--       3 references  zset reference -> second until which it is remembered
-- ARGV  1 now (s)  2 reference or ""  3 remember (s)  4 clip  5 clear  6 most lines  7 lifetime (s)  8 read
--       then per change: kind, sku_id, quantity, cap (-1: none), selected, unit_price, position, unit ("" or "g"), least
-- Gives {status, count, {old, "new", why, ...}, quantities, notes}; status 1 applied, 0 refused, 2 seen before.

-- What no cart of ours wrote is no line: the next change of it starts anew.
local function counted(text)
  local number, unit = string.match(text or '', '^(%d+)(g?)$')
  if number and #number <= 9 then return tonumber(number), unit end
  return 0, ''
end

local now, reference = tonumber(ARGV[1]), ARGV[2]
local clip, clear = ARGV[4] == '1', ARGV[5] == '1'
local most, lifetime = tonumber(ARGV[6]), tonumber(ARGV[7])
local results, plan, status = {}, {}, 1
local stored, current = {}, {} -- sku_id -> quantity before all changes, and as the plan stands
local was, units = {}, {} -- sku_id -> its unit, likewise
local count = clear and 0 or redis.call('HLEN', KEYS[1])

if reference ~= '' then
  local untill = redis.call('ZSCORE', KEYS[3], reference)
  if untill and tonumber(untill) > now then status = 2 end
end

for i = 9, #ARGV, 9 do
  local kind, sku, quantity, cap = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  if not stored[sku] then
    stored[sku], was[sku] = counted(redis.call('HGET', KEYS[1], sku) or '')
    current[sku], units[sku] = clear and 0 or stored[sku], was[sku]
  end
  local there, unit, least = current[sku], ARGV[i + 7], tonumber(ARGV[i + 8])
  local same = unit == units[sku]
  local old = same and there or 0 -- what is counted otherwise counts as nothing
  local new, why = quantity, ''
  if kind == 'mark' or (kind == 'put' and there > 0) or (kind == 'take' and not same) then
    new, old, unit, same = there, there, units[sku], true
  elseif kind == 'add' then new = old > 0 and old + quantity or math.max(quantity, least)
  elseif kind == 'max' then new = math.max(old, quantity)
  elseif kind == 'take' then new = math.max(0, old - quantity)
  end
  if cap >= 0 and new > math.max(cap, old) then -- a line that is too long already may shrink
    if clip then new = math.max(old, cap) else why = 'cap' end
    if clip and new == 0 then kind, new, unit, same = 'put', there, units[sku], true end
  end
  if why == '' and new > 0 and there == 0 and most > 0 and count >= most then
    if clip then new = 0 else why = 'full' end
  end
  if why ~= '' then
    new, unit = there, units[sku]
    if status == 1 then status = 0 end
  elseif there == 0 and new > 0 then count = count + 1
  elseif there > 0 and new == 0 then count = count - 1
  end
  current[sku], units[sku] = new, unit
  results[#results + 1] = was[sku] == ARGV[i + 7] and stored[sku] or 0
  results[#results + 1] = new .. unit
  results[#results + 1] = why
  plan[#plan + 1] = {i, kind, sku, there, new, unit, same}
end

if status == 1 then
  if clear then redis.call('DEL', KEYS[1], KEYS[2]) end
  local quantities, notes, written = {}, {'', now}, {} -- what one HSET each will write; the note of a line written here
  for _, step in ipairs(plan) do
    local i, kind, sku, old, new, unit, same = unpack(step)
    local note
    if new == 0 then
      if old > 0 then
        redis.call('HDEL', KEYS[1], sku)
        redis.call('HDEL', KEYS[2], sku)
      end
    elseif old == 0 then
      note = ARGV[i + 6] .. ':' .. ARGV[i + 4] .. ':' .. ARGV[i + 5]
    elseif kind == 'add' or kind == 'mark' or not same then
      local before = written[sku] or redis.call('HGET', KEYS[2], sku) or ''
      local position, selected, price = string.match(before, '^(%d+):(%d):(.*)$')
      if kind == 'add' or not same then price = ARGV[i + 5] end
      if not selected or kind == 'add' or kind == 'mark' then selected = ARGV[i + 4] end
      note = (position or ARGV[i + 6]) .. ':' .. selected .. ':' .. (price or '')
      if note == before then note = nil end
    end
    written[sku] = note or written[sku]
    if current[sku] > 0 then
      if new ~= old or not same then
        quantities[#quantities + 1] = sku
        quantities[#quantities + 1] = new .. unit
      end
      if note then
        notes[#notes + 1] = sku
        notes[#notes + 1] = note
      end
    end
  end
  if #quantities > 0 then redis.call('HSET', KEYS[1], unpack(quantities)) end
  if count == 0 then
    redis.call('DEL', KEYS[2])
  else
    redis.call('HSET', KEYS[2], unpack(notes))
    if lifetime > 0 then
      redis.call('EXPIRE', KEYS[1], lifetime)
      redis.call('EXPIRE', KEYS[2], lifetime)
    end
  end
  if reference ~= '' then
    local remember = tonumber(ARGV[3])
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
    redis.call('ZADD', KEYS[3], now + remember, reference)
    -- The longest that anything is remembered, so that a short memory does not cut a long one off.
    redis.call('EXPIRE', KEYS[3], math.max(remember, lifetime > 0 and lifetime or 7776000))
  end
else
  count = redis.call('HLEN', KEYS[1])
end

if ARGV[8] == '1' then
  return {status, count, results, redis.call('HGETALL', KEYS[1]), redis.call('HGETALL', KEYS[2])}
end
return {status, count, results}
