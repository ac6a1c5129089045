--[[
Scans a part of a region for drivers that have not been seen for a while.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  cursor, 0 to begin
ARGV[2]  approximate number of records to scan
ARGV[3]  epoch ms: finds drivers present in the region and last seen before this time
ARGV[4]  epoch ms: finds drivers that left the region and were last seen before this time
Returns  the next cursor, then id and record of each driver found, alternating

The version of a record, epoch µs, is also the time when its driver was last seen.
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
