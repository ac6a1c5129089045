--[[
Writes the new records of drivers of one region, each only if its stored version is still the expected one, and adds to
their tracks.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV[1]  a JSON list, eight per driver: id; expected version, or '' for one of which the region holds nothing; new record; place
         to enter or ''; place to leave or ''; lng; lat; how many track entries it has. A place is the three digits that
         tell a cell from the others of the region, and the letter of a status.
ARGV[2]  the track entries of all drivers in turn, 22 bytes each: the hour since 1970, then what the list holds
ARGV[3]  for how many hours tracks are kept
ARGV[4]  how many entries one hour of one driver holds at most
Returns  the positions (from 0) of the drivers whose version was another; nothing of them was written.

Calls to Redis and arguments are the dear part, so they are gathered: one list, one HMGET, then one write per key.
]]
local PER_DRIVER, ENTRY = 8, 22
local writes, tracks = cjson.decode(ARGV[1]), ARGV[2]
local prefix, region = string.match(KEYS[1], '^({%x%x(%x%x%x%x)%x*}:)')
local ids = {}
for i = 1, #writes, PER_DRIVER do ids[#ids + 1] = writes[i] end
local stored = redis.call('HMGET', KEYS[1], unpack(ids))

local STATUS = { a = 'available', b = 'busy' }
local function cellKey(place)
  return prefix .. 'cell:86' .. region .. string.sub(place, 1, 3) .. 'ffffff:' .. STATUS[string.sub(place, 4)]
end

local function listOf(lists, key)
  local list = lists[key]
  if not list then
    list = {}
    lists[key] = list
  end
  return list
end

local function keepTrack(id, from, count)
  for at = from, from + (count - 1) * ENTRY, ENTRY do
    local hour = struct.unpack('>I4', tracks, at)
    local key = prefix .. 'track:' .. id .. ':' .. hour
    local length = redis.call('RPUSH', key, string.sub(tracks, at + 4, at + ENTRY - 1))
    if length == 1 then redis.call('EXPIREAT', key, (hour + 1 + ARGV[3]) * 3600) end
    if length > tonumber(ARGV[4]) then redis.call('RPOP', key) end
  end
end

local conflicts, records, leave, enter = {}, {}, {}, {}
local trackAt = 1
for n = 1, #ids do
  local at = (n - 1) * PER_DRIVER
  local id, expected, new, old = ids[n], writes[at + 2], writes[at + 3], stored[n]
  local same
  if expected == '' then same = not old
  else same = old and string.sub(old, 1, #expected + 1) == expected .. '|' end
  local count = writes[at + 8]
  if not same then
    conflicts[#conflicts + 1] = n - 1
  else
    local w = #records
    records[w + 1], records[w + 2] = id, new
    local from, to = writes[at + 5], writes[at + 4]
    if from ~= '' then
      local list = listOf(leave, from)
      list[#list + 1] = id
    end
    if to ~= '' then
      local list = listOf(enter, to)
      w = #list
      list[w + 1], list[w + 2], list[w + 3] = writes[at + 6], writes[at + 7], id
    end
    if count > 0 then keepTrack(id, trackAt, count) end
  end
  trackAt = trackAt + count * ENTRY
end

-- leave first: a driver in two cells is dispatched twice
for place, list in pairs(leave) do redis.call('ZREM', cellKey(place), unpack(list)) end
for place, list in pairs(enter) do redis.call('GEOADD', cellKey(place), unpack(list)) end
if #records > 0 then redis.call('HSET', KEYS[1], unpack(records)) end
return conflicts
