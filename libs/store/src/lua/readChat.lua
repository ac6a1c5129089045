--[[
Reads a page of a chat, and who has got and read how much of all of it.

KEYS[1]  chat:{<trip>}
KEYS[2]  chat:{<trip>}:state
ARGV     from which seq; to which seq, both included, or + for the last; at most so many; 1 for the oldest of them,
         0 for the newest; the roles
Returns  the entries of the stream, messages that are there, of those the rider's; then for each role: delivered, read,
         how many of the messages that are read are the rider's, epoch ms of the last change
]]
local entries
if ARGV[4] == '1' then
  entries = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
else
  entries = redis.call('XREVRANGE', KEYS[1], ARGV[2], ARGV[1], 'COUNT', ARGV[3])
end
local page = { entries, redis.call('XLEN', KEYS[1]), tonumber(redis.call('HGET', KEYS[2], 'riders') or 0) }
for i = 5, #ARGV do
  for _, name in ipairs({ 'delivered:', 'read:', 'readRiders:', 'receiptAt:' }) do
    page[#page + 1] = tonumber(redis.call('HGET', KEYS[2], name .. ARGV[i]) or 0)
  end
end
return page
