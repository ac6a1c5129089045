--[[
Scans a part of a region for drivers without a newer position for a while.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  cursor, 0 to begin
ARGV[2]  approximate number of records to scan
ARGV[3]  epoch ms: finds drivers present in the region whose newest position was received before this time
ARGV[4]  epoch ms: finds drivers whose record, since they left the region, was last written before this time
Returns  the next cursor, then id and record of each driver found, alternating

A record begins with its version, epoch µs, its place and the time of the fix, epoch ms, and ends with 'r' and the
milliseconds from the fix to its arrival, which records of version 0.1 do not have.
]]
local presentBefore, leftBefore = tonumber(ARGV[3]), tonumber(ARGV[4])
local cursor, all = unpack(redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2]))
local found = { cursor }
for i = 1, #all, 2 do
  local version, letter, t = string.match(all[i + 1], '^(%d+)|%x%x%x(%a)|(%d+)|')
  local isStale = false
  if version then
    local delay = string.match(all[i + 1], '|r(-?%d+)$')
    local writtenAt = tonumber(version) / 1000
    if string.lower(letter) ~= letter then isStale = writtenAt < leftBefore
    else isStale = (delay and t + delay or writtenAt) < presentBefore end
  end
  if isStale then
    found[#found + 1] = all[i]
    found[#found + 1] = all[i + 1]
  end
end
return found
