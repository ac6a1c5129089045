--[[
Remembers up to which message somebody has got or has read a chat. What is read was got; neither goes back.

KEYS[1]  chat:{<trip>}
KEYS[2]  chat:{<trip>}:state
ARGV     role; delivered or read; seq, beyond the last message: the last one
Returns  1 if that is new, otherwise 0; messages that are there; of those, the rider's; delivered; read; how many of the
         messages that are read are the rider's; epoch ms of the last change
]]
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
  local time = redis.call('TIME')
  at = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', KEYS[2], 'delivered:' .. role, delivered, 'read:' .. role, read,
    'readRiders:' .. role, readRiders or 0, 'receiptAt:' .. role, at)
end
return { isNew and 1 or 0, count, tonumber(riders or 0), delivered, read, tonumber(readRiders or 0), tonumber(at or 0) }
