--[[
Adds a message to a chat, once. The n-th message has the stream id n-0.

KEYS[1]  chat:{<trip>}
KEYS[2]  chat:{<trip>}:state
ARGV[1]  role of the sender
ARGV[2]  id of the message, unique for the sender
ARGV[3]  text
ARGV[4]  1 if the chat takes new messages, otherwise 0
ARGV[5]  maximum number of messages
ARGV[6]  tokens in the bucket of each sender
ARGV[7]  tokens refilled per second
ARGV[8]  lifetime, s
Returns  seq and time (epoch ms) of the message, also if it was already there; otherwise CLOSED or the code of the refusal
]]
-- include now-ms
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

local now = nowMs()
local burst = tonumber(ARGV[6])
local tokens, at, riders = unpack(redis.call('HMGET', KEYS[2], 'left:' .. role, 'at:' .. role, 'riders'))
tokens = math.min(burst, (tokens or burst) + math.max(0, now - (at or now)) * ARGV[7] / 1000)
if tokens < 1 then return 'RATE_LIMITED' end

riders = (riders or 0) + (role == 'rider' and 1 or 0)
redis.call('XADD', KEYS[1], seq .. '-0', 'role', role, 'id', id, 'text', text, 'at', now, 'riders', riders)
redis.call('HSET', KEYS[2], 'sent:' .. role .. ':' .. id, seq, 'left:' .. role, tokens - 1, 'at:' .. role, now,
  'riders', riders)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[8]) end
return { seq, now }
