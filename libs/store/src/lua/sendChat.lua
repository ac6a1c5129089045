--[[
Adds a message to a chat, once. The n-th message has the stream id n-0.

KEYS[1]  chat:{<trip>}
KEYS[2]  chat:{<trip>}:state
ARGV     role of the sender; its id of the message; text; 1 while messages may be sent, otherwise 0; how many messages
         there may be; how many a sender may send at once; how many a second for long; lifetime, s
Returns  seq and epoch ms, of the message that was there already if it was; otherwise the code of the refusal, or CLOSED
]]
local role, id, text = ARGV[1], ARGV[2], ARGV[3]
local sent = redis.call('HGET', KEYS[2], 'sent:' .. role .. ':' .. id)
if sent then
  local fields = redis.call('XRANGE', KEYS[1], sent, sent)[1][2]
  if fields[6] ~= text then return 'IDEMPOTENCY_KEY_REUSED' end
  return { tonumber(sent), tonumber(fields[8]) }
end
if ARGV[4] ~= '1' then return 'CLOSED' end
local seq = redis.call('XLEN', KEYS[1]) + 1
if seq > tonumber(ARGV[5]) then return 'CHAT_FULL' end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local burst = tonumber(ARGV[6])
local left, at, riders = unpack(redis.call('HMGET', KEYS[2], 'left:' .. role, 'at:' .. role, 'riders'))
left = math.min(burst, (left or burst) + math.max(0, now - (at or now)) * ARGV[7] / 1000)
if left < 1 then return 'RATE_LIMITED' end

riders = (riders or 0) + (role == 'rider' and 1 or 0)
redis.call('XADD', KEYS[1], seq .. '-0', 'role', role, 'id', id, 'text', text, 'at', now, 'riders', riders)
redis.call('HSET', KEYS[2], 'sent:' .. role .. ':' .. id, seq, 'left:' .. role, left - 1, 'at:' .. role, now,
  'riders', riders)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[8]) end
return { seq, now }
