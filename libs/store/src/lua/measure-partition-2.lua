--[[
Measures one partition of the fix stream. After an unclean stop, Redis may report a wrong lag of the group for good: unread
entries are therefore counted while they are few, and a wrong number of entries read is corrected.

KEYS[1]  fixes:{p}
KEYS[2]  fixes:{p}:reader
ARGV[1]  name of the consumer group
ARGV[2]  number up to which unread entries are counted
Returns  number of entries that are not acknowledged; age of the oldest of them, ms; the id before which everything is
         acknowledged, or ''; the holder of the lease, or ''
]]
-- include now-ms
local reader = redis.call('GET', KEYS[2]) or ''

local function fields(reply)
  local found = {}
  for i = 1, #reply, 2 do found[reply[i]] = reply[i + 1] end
  return found
end

local function ageOf(id)
  return math.max(0, nowMs() - tonumber(string.match(id, '^%d+')))
end

local length = redis.call('XLEN', KEYS[1])
if length == 0 then return { 0, 0, '', reader } end
local group
for _, reply in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local found = fields(reply)
  if found.name == ARGV[1] then group = found end
end
if not group then
  local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
  return { length, ageOf(first[1]), '', reader }
end

local delivered, pending = group['last-delivered-id'], group.pending
local stream = fields(redis.call('XINFO', 'STREAM', KEYS[1]))
local most = tonumber(ARGV[2])
local next = {}
if stream['last-generated-id'] ~= delivered then
  next = redis.call('XRANGE', KEYS[1], '(' .. delivered, '+', 'COUNT', most)
end
local unread = #next
if unread < most then
  if group.lag ~= unread then
    local read = stream['entries-added'] - unread
    redis.pcall('XGROUP', 'SETID', KEYS[1], ARGV[1], delivered, 'ENTRIESREAD', read)
  end
else
  unread = math.max(unread, math.min(group.lag or length, length - pending))
end

local oldest = nil
if pending > 0 then oldest = redis.call('XPENDING', KEYS[1], ARGV[1])[2] end
local first = oldest or (next[1] and next[1][1])
return { pending + unread, first and ageOf(first) or 0, oldest or delivered, reader }
