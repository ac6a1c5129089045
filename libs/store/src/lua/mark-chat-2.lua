--[[
Stores the last message of a chat that was delivered to, or read by, a party. A message that is read counts as delivered;
neither number decreases.

KEYS[1]  chat:{<trip>}
KEYS[2]  chat:{<trip>}:state
ARGV[1]  role
ARGV[2]  delivered or read
ARGV[3]  seq; beyond the last message, the last message counts
Returns  seven numbers: 1 if a number increased, otherwise 0; messages in the chat; of those, the rider's; delivered; read;
         the rider's messages among those read; time of the last change, epoch ms
]]
-- include now-ms
local role = ARGV[1]
local count = redis.call('XLEN', KEYS[1])
local riders, delivered, read, readRiders, at = unpack(redis.call('HMGET', KEYS[2],
  'riders', 'delivered:' .. role, 'read:' .. role, 'readRiders:' .. role, 'receiptAt:' .. role))
delivered, read = tonumber(delivered or 0), tonumber(read or 0)
local seq = math.min(tonumber(ARGV[3]), count)
local isRead = ARGV[2] == 'read' and seq > read
local isNew = isRead or seq > delivered
if isNew then
  delivered = math.max(delivered, seq)
  if isRead then
    read = seq
    readRiders = redis.call('XRANGE', KEYS[1], seq, seq)[1][2][10]
  end
  at = nowMs()
  redis.call('HSET', KEYS[2], 'delivered:' .. role, delivered, 'read:' .. role, read,
    'readRiders:' .. role, readRiders or 0, 'receiptAt:' .. role, at)
end
return { isNew and 1 or 0, count, tonumber(riders or 0), delivered, read, tonumber(readRiders or 0), tonumber(at or 0) }
