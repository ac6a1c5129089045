--[[
Scans a part of a region for drivers without a newer position for a while.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  cursor, 0 to begin
ARGV[2]  approximate number of records to scan
ARGV[3]  epoch ms: finds drivers present in the region whose newest position was received before this time
ARGV[4]  epoch ms: finds drivers whose record, since they left the region, was last written before this time
Returns  the next cursor, then id and record of each driver found, alternating

Records are returned with the tail of their track, because whoever removes a driver from the region stores it.
]]
-- include record-head
local presentBefore, leftBefore = tonumber(ARGV[3]), tonumber(ARGV[4])
local cursor, all = unpack(redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2]))
local found = { cursor }
for i = 1, #all, 2 do
  local version, letter, t, delay = headOf(all[i + 1])
  local isStale = false
  if version then
    local writtenAt = version / 1000
    if string.lower(letter) ~= letter then isStale = writtenAt < leftBefore
    else isStale = (delay and t + delay or writtenAt) < presentBefore end
  end
  if isStale then
    found[#found + 1] = all[i]
    found[#found + 1] = all[i + 1]
  end
end
return found
