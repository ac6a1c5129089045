--[[
Writes the new records of drivers of one region, each only if its stored version is still the expected one.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:seen
ARGV     eight per driver: id, expected version or '' for "not in the region", new record,
         key of the new cell, key of the cell to leave or '', lng, lat, epoch ms to note as seen or ''
Returns  the positions (from 0) of the drivers whose version was another; nothing of them was written.

Calls to Redis are the dear part, so they are gathered: one HMGET, then one write per key.
]]
local ids = {}
for i = 1, #ARGV, 8 do ids[#ids + 1] = ARGV[i] end
local stored = redis.call('HMGET', KEYS[1], unpack(ids))

local conflicts, records, seen, leave, enter = {}, {}, {}, {}, {}

local function gather(into, key, ...)
  local list = into[key]
  if not list then
    list = {}
    into[key] = list
  end
  for _, value in ipairs({ ... }) do list[#list + 1] = value end
end

for n = 1, #ids do
  local at = (n - 1) * 8
  local id, expected = ids[n], ARGV[at + 2]
  local version = stored[n] and string.match(stored[n], '^(%d+)') or ''
  if version ~= expected then
    conflicts[#conflicts + 1] = n - 1
  else
    records[#records + 1] = id
    records[#records + 1] = ARGV[at + 3]
    if ARGV[at + 5] ~= '' then gather(leave, ARGV[at + 5], id) end
    gather(enter, ARGV[at + 4], ARGV[at + 6], ARGV[at + 7], id)
    if ARGV[at + 8] ~= '' then
      seen[#seen + 1] = ARGV[at + 8]
      seen[#seen + 1] = id
    end
  end
end

-- leave first: a driver in two cells is dispatched twice
for key, list in pairs(leave) do redis.call('ZREM', key, unpack(list)) end
for key, list in pairs(enter) do redis.call('GEOADD', key, unpack(list)) end
if #records > 0 then redis.call('HSET', KEYS[1], unpack(records)) end
if #seen > 0 then redis.call('ZADD', KEYS[2], unpack(seen)) end
return conflicts
