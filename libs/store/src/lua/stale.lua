--[[
Looks through a part of a region for drivers that were not heard for some time.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV     cursor; how many to look at, about; epoch ms: of those present, who was last heard before; the same for those
         that left
Returns  the next cursor, then id and record of each one found, in turn

The version of a record, epoch microseconds, tells when its driver was last heard.
]]
local presentBefore, leftBefore = tonumber(ARGV[3]) * 1000, tonumber(ARGV[4]) * 1000
local cursor, all = unpack(redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2]))
local found = { cursor }
for i = 1, #all, 2 do
  local version, letter = string.match(all[i + 1], '^(%d+)|%x%x%x(%a)|')
  local before = letter and string.lower(letter) == letter and presentBefore or leftBefore
  if version and tonumber(version) < before then
    found[#found + 1] = all[i]
    found[#found + 1] = all[i + 1]
  end
end
return found
