--[[
Replaces the entries of a feed that are old or contain one of some texts. Their ids stay, so that numbers have no gaps.

KEYS[1]  feed:<owner>
ARGV[1]  entry to store in their place, JSON
ARGV[2]  epoch ms: entries from before this time are old
ARGV[3…] texts
Returns  number of entries that were replaced
]]
local blank, before = ARGV[1], tonumber(ARGV[2])
local entries = redis.call('XRANGE', KEYS[1], '-', '+')
local replaced = 0

local function isReplaced(json, at)
  if json == blank then return false end
  if at and tonumber(at) < before then return true end
  for i = 3, #ARGV do
    if string.find(json, ARGV[i], 1, true) then return true end
  end
  return false
end

for _, entry in ipairs(entries) do
  local fields = entry[2]
  if isReplaced(fields[2], fields[4]) then
    fields[2] = blank
    replaced = replaced + 1
  end
end
if replaced == 0 then return 0 end
local lifetime = redis.call('PTTL', KEYS[1])
redis.call('DEL', KEYS[1])
for _, entry in ipairs(entries) do redis.call('XADD', KEYS[1], entry[1], unpack(entry[2])) end
if lifetime > 0 then redis.call('PEXPIRE', KEYS[1], lifetime) end
return replaced
