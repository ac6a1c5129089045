--[[
The drivers of some cells of one region, all of them or those within a circle.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV[1]  separated by spaces: the places, see apply.lua
ARGV[2]  radius in metres of the circle, or '' for all
ARGV[3]  lng and
ARGV[4]  lat of its centre
Returns  one text, whose parts cost a client less than a list: id and record of each one in turn, a line each
]]
local STATUS = { a = 'available', b = 'busy' }
local prefix, region = string.match(KEYS[1], '^({%x%x(%x%x%x%x)%x*}:)')
local ids = {}
for code, letter in string.gmatch(ARGV[1], '(%x%x%x)(%a)') do
  local key = prefix .. 'cell:86' .. region .. code .. 'ffffff:' .. STATUS[letter]
  local found
  if ARGV[2] == '' then found = redis.call('ZRANGE', key, 0, -1)
  else found = redis.call('GEOSEARCH', key, 'FROMLONLAT', ARGV[3], ARGV[4], 'BYRADIUS', ARGV[2], 'm') end
  for n = 1, #found do ids[#ids + 1] = found[n] end
end
local lines = {}
for from = 1, #ids, 4000 do
  local to = math.min(from + 3999, #ids)
  local records = redis.call('HMGET', KEYS[1], unpack(ids, from, to))
  for n = from, to do
    lines[2 * n - 1] = ids[n]
    lines[2 * n] = records[n - from + 1] or ''
  end
end
return table.concat(lines, '\n')
