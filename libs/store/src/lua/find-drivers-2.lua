--[[
Finds the drivers in cells of one region, all of them or only those within a circle.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  places (see cell-key.lua), separated by spaces
ARGV[2]  radius of the circle in metres, '' for no circle
ARGV[3]  longitude of its centre; missing without a circle
ARGV[4]  latitude of its centre; missing without a circle
Returns  id and record of each driver, alternating, as an array of MessagePack: a client parses it faster than a list. Records
         are without the tail of their track
]]
-- include cell-key
-- include record-head
local ids = {}
for place in string.gmatch(ARGV[1], '%x%x%x%a') do
  local key = cellKey(place)
  local found
  if ARGV[2] == '' then found = redis.call('ZRANGE', key, 0, -1)
  else found = redis.call('GEOSEARCH', key, 'FROMLONLAT', ARGV[3], ARGV[4], 'BYRADIUS', ARGV[2], 'm') end
  for n = 1, #found do ids[#ids + 1] = found[n] end
end
local texts = {}
for from = 1, #ids, 4000 do
  local to = math.min(from + 3999, #ids)
  local records = redis.call('HMGET', KEYS[1], unpack(ids, from, to))
  for n = from, to do
    texts[2 * n - 1] = ids[n]
    local record = records[n - from + 1] or ''
    texts[2 * n] = withoutTail(record)
  end
end
return cmsgpack.pack(texts)
