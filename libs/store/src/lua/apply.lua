--[[
Writes the new records of drivers of one region and adds to their tracks, if the stored version of each is still the
expected one; otherwise it writes nothing.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV[1]  JSON, five lists: id and new record in turn; the beginning of each stored record, or '' where there must be
         none; of each cell to leave, its place, then ids; of each to enter, its place, then score and id in turn; how
         many entries for its track each driver has. A place is the three digits that tell a cell from the others of the
         region, and the letter of a status.
ARGV[2]  the track entries of all drivers in turn, 22 bytes each: the hour since 1970, then what the list holds
ARGV[3]  for how many hours tracks are kept
ARGV[4]  how many entries one hour of one driver holds at most
Returns  the positions (from 0) of the drivers whose stored record was another.

Calls to Redis and arguments are the dear part, so they come gathered: one HMGET, then one write per key.
]]
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

local prefix, region = string.match(KEYS[1], '^({%x%x(%x%x%x%x)%x*}:)')
local STATUS = { a = 'available', b = 'busy' }
local function cellKey(place)
  return prefix .. 'cell:86' .. region .. string.sub(place, 1, 3) .. 'ffffff:' .. STATUS[string.sub(place, 4)]
end

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

-- leave first: a driver in two cells is dispatched twice
for _, list in ipairs(leave) do redis.call('ZREM', cellKey(list[1]), unpack(list, 2)) end
for _, list in ipairs(enter) do redis.call('ZADD', cellKey(list[1]), unpack(list, 2)) end
redis.call('HSET', KEYS[1], unpack(records))
return {}
