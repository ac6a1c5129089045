--[[
The drivers of some cells of one region, all of them or those within a circle.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV     lng, lat and radius in metres of the circle, or '' three times; then the places, see apply.lua
Returns  id and record of each one, in turn
]]
local STATUS = { a = 'available', b = 'busy' }
local prefix, region = string.match(KEYS[1], '^({%x%x(%x%x%x%x)%x*}:)')
local ids = {}
for i = 4, #ARGV do
  local place = ARGV[i]
  local key = prefix .. 'cell:86' .. region .. string.sub(place, 1, 3) .. 'ffffff:' .. STATUS[string.sub(place, 4)]
  local found
  if ARGV[3] == '' then found = redis.call('ZRANGE', key, 0, -1)
  else found = redis.call('GEOSEARCH', key, 'FROMLONLAT', ARGV[1], ARGV[2], 'BYRADIUS', ARGV[3], 'm') end
  for n = 1, #found do ids[#ids + 1] = found[n] end
end
if #ids == 0 then return ids end
local all = {}
for from = 1, #ids, 4000 do
  local to = math.min(from + 3999, #ids)
  local records = redis.call('HMGET', KEYS[1], unpack(ids, from, to))
  for n = from, to do
    all[2 * n - 1] = ids[n]
    all[2 * n] = records[n - from + 1]
  end
end
return all
