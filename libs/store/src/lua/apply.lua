--[[
Writes the new records of drivers of one region, each only if its stored version is still the expected one.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:seen
ARGV[1]  a JSON list, eight per driver: id, expected version or '' for "not in the region", new record,
         key of the new cell, key of the cell to leave or '', lng, lat, epoch ms to note as seen or ''
Returns  the positions (from 0) of the drivers whose version was another; nothing of them was written.

Calls to Redis and arguments are the dear part, so they are gathered: one list, one HMGET, then one write per key.
]]
local writes = cjson.decode(ARGV[1])
local ids = {}
for i = 1, #writes, 8 do ids[#ids + 1] = writes[i] end
local stored = redis.call('HMGET', KEYS[1], unpack(ids))

local conflicts, records, seen, leave, enter = {}, {}, {}, {}, {}

local function listOf(lists, key)
  local list = lists[key]
  if not list then
    list = {}
    lists[key] = list
  end
  return list
end

for n = 1, #ids do
  local at = (n - 1) * 8
  local id, expected, record = ids[n], writes[at + 2], stored[n]
  local same
  if expected == '' then same = not record
  else same = record and string.sub(record, 1, #expected + 1) == expected .. '|' end
  if not same then
    conflicts[#conflicts + 1] = n - 1
  else
    local w = #records
    records[w + 1], records[w + 2] = id, writes[at + 3]
    if writes[at + 5] ~= '' then
      local list = listOf(leave, writes[at + 5])
      list[#list + 1] = id
    end
    local list = listOf(enter, writes[at + 4])
    w = #list
    list[w + 1], list[w + 2], list[w + 3] = writes[at + 6], writes[at + 7], id
    if writes[at + 8] ~= '' then
      w = #seen
      seen[w + 1], seen[w + 2] = writes[at + 8], id
    end
  end
end

-- leave first: a driver in two cells is dispatched twice
for key, list in pairs(leave) do redis.call('ZREM', key, unpack(list)) end
for key, list in pairs(enter) do redis.call('GEOADD', key, unpack(list)) end
if #records > 0 then redis.call('HSET', KEYS[1], unpack(records)) end
if #seen > 0 then redis.call('ZADD', KEYS[2], unpack(seen)) end
return conflicts
