--[[
How many drivers some cells of one region hold.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV[1]  separated by spaces: the three digits of each cell, see apply.lua
Returns  for each cell in turn how many are available and how many busy
]]
local prefix, region = string.match(KEYS[1], '^({%x%x(%x%x%x%x)%x*}:)')
local counts = {}
for code in string.gmatch(ARGV[1], '%x%x%x') do
  local cell = prefix .. 'cell:86' .. region .. code .. 'ffffff:'
  counts[#counts + 1] = redis.call('ZCARD', cell .. 'available')
  counts[#counts + 1] = redis.call('ZCARD', cell .. 'busy')
end
return counts
