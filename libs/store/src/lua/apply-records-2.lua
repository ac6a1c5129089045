--[[
Writes the new records of drivers of one region and appends to their tracks, if the stored version of each record is the
expected one. Otherwise writes nothing.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  JSON, five lists:
           records   id and new record, alternating
           expected  for each record, the beginning of the stored one; '' if there must be none
           leave     for each cell to leave: its place (see cell-key.lua), then ids
           enter     for each cell to enter: its place, then score and id, alternating
           counts    for each driver, its number of track entries in ARGV[2]
ARGV[2]  track entries of all drivers in order, 22 bytes each: the hour since 1970, then the element of the track's list
ARGV[3]  retention of tracks, hours
ARGV[4]  maximum number of entries per driver and hour
Returns  positions (from 0) of the drivers whose stored record was not the expected one

Calls to Redis and arguments are the expensive part, so they are batched: one HMGET, then one write per key.
]]
-- include cell-key
local ENTRY = 22
local records, expected, leave, enter, counts = unpack(cjson.decode(ARGV[1]))
local ids = {}
for i = 1, #records, 2 do ids[#ids + 1] = records[i] end
local stored = redis.call('HMGET', KEYS[1], unpack(ids))

local conflicts = {}
for n = 1, #ids do
  local old, beginning = stored[n], expected[n]
  local same
  if beginning == '' then same = not old
  else same = old and string.find(old, beginning, 1, true) == 1 end
  if not same then conflicts[#conflicts + 1] = n - 1 end
end
if #conflicts > 0 then return conflicts end

local at, tracks = 1, ARGV[2]
for n = 1, #ids do
  for _ = 1, counts[n] do
    local hour = struct.unpack('>I4', tracks, at)
    local key = prefix .. 'track:' .. ids[n] .. ':' .. string.format('%d', hour)
    local length = redis.call('RPUSH', key, string.sub(tracks, at + 4, at + ENTRY - 1))
    if length == 1 then redis.call('EXPIREAT', key, (hour + 1 + ARGV[3]) * 3600) end
    if length > tonumber(ARGV[4]) then redis.call('RPOP', key) end
    at = at + ENTRY
  end
end

-- Leave first: a driver in two cells could be dispatched twice.
for _, list in ipairs(leave) do redis.call('ZREM', cellKey(list[1]), unpack(list, 2)) end
for _, list in ipairs(enter) do redis.call('ZADD', cellKey(list[1]), unpack(list, 2)) end
redis.call('HSET', KEYS[1], unpack(records))
return {}
