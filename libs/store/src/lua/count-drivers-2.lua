--[[
Counts the drivers in cells of one region.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  the three digits of each cell (see cell-key.lua), separated by spaces
Returns  for each cell the number of available and of busy drivers, alternating
]]
-- include cell-key
local counts = {}
for code in string.gmatch(ARGV[1], '%x%x%x') do
  counts[#counts + 1] = redis.call('ZCARD', cellKey(code .. 'a'))
  counts[#counts + 1] = redis.call('ZCARD', cellKey(code .. 'b'))
end
return counts
