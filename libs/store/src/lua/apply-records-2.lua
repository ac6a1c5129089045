--[[
Writes the new records of drivers of one region and appends to their tracks, if the stored version of each record is the
expected one. Otherwise writes nothing.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  the driver ids, packed
ARGV[2]  for each driver, the eight bytes of the version that its stored record has, packed; '' if there must be none
ARGV[3]  id and new record of each driver, alternating, packed
ARGV[4]  for each cell to leave: its place (see cell-key.lua), two bytes with the number of ids, the ids, packed
ARGV[5]  for each cell to enter: its place, two bytes with the number of values, score and id, alternating, packed
ARGV[6]  for each chunk of fixes: the end of the key of its list, `driver:hour`, a zero byte, two bytes with the length of the
         fixes, the fixes, 18 bytes each
ARGV[7]  retention of tracks, hours
ARGV[8]  maximum number of fixes per driver and hour
Returns  positions (from 0) of the drivers whose stored record was not the expected one

Calls to Redis and arguments are the expensive part, so they are batched: one HMGET, then one write per key. Packed values are
strings of MessagePack one after the other. They go from `unpack` to the command without a table in between.
]]
-- include cell-key
-- include record-head
local FIX = 18
local stored = redis.call('HMGET', KEYS[1], cmsgpack.unpack(ARGV[1]))

local conflicts = {}
for n, version in ipairs({ cmsgpack.unpack(ARGV[2]) }) do
  local old = stored[n]
  local same
  if version == '' then same = not old
  else same = old and hasVersion(old, version) end
  if not same then conflicts[#conflicts + 1] = n - 1 end
end
if #conflicts > 0 then return conflicts end

-- Returns the number of fixes in a list. Elements hold different numbers of them, so the last one ends with it. An element
-- of an earlier version is one fix, without a number.
local function countIn(key)
  local last = redis.call('LINDEX', key, -1)
  if not last then return 0 end
  if #last % FIX == 0 then return redis.call('LLEN', key) end
  local count = struct.unpack('>I2', last, #last - 1)
  return count
end

local chunks, maximum, at = ARGV[6], tonumber(ARGV[8]), 1
while at <= #chunks do
  local list, bytes, from = struct.unpack('>sI2', chunks, at)
  local key = prefix .. 'track:' .. list
  local count = countIn(key)
  local added = math.min(bytes / FIX, maximum - count)
  if added > 0 then
    local fixes = string.sub(chunks, from, from + added * FIX - 1)
    local length = redis.call('RPUSH', key, fixes .. struct.pack('>I2', count + added))
    if length == 1 then
      local hour = string.match(list, '%d+$')
      redis.call('EXPIREAT', key, (hour + 1 + ARGV[7]) * 3600)
    end
  end
  at = from + bytes
end

-- Runs a command on the geo set of each place with the values that follow it.
local function change(command, places)
  local at = 0
  local function run(key, after, ...)
    redis.call(command, key, ...)
    at = after
  end
  while at >= 0 and at < #places do
    local place, count = struct.unpack('>c4I2', places, at + 1)
    -- Returns where it ended, -1 at the end of all, before the values.
    run(cellKey(place), cmsgpack.unpack_limit(places, count, at + 6))
  end
end

-- Leave first: a driver in two cells could be dispatched twice.
change('ZREM', ARGV[4])
change('ZADD', ARGV[5])
redis.call('HSET', KEYS[1], cmsgpack.unpack(ARGV[3]))
return {}
