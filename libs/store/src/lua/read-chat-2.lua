--[[
Reads a page of a chat and the receipts of its parties.

KEYS[1]  chat:{<trip>}
KEYS[2]  chat:{<trip>}:state
ARGV[1]  first seq, inclusive
ARGV[2]  last seq, inclusive, or + for the end
ARGV[3]  maximum number of messages
ARGV[4]  1 for the oldest messages of the range, 0 for the newest
ARGV[5]  role of the first party; further parties follow
Returns  stream entries; messages in the chat; of those, the rider's; then for each role four numbers: delivered; read; the
         rider's messages among those read; time of the last change, epoch ms
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
