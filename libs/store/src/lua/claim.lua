--[[
Points a driver to the region that will hold it, if its card is still the expected one.

KEYS[1]  driver:<id>
ARGV     expected region or '' for none; version of the expected claim; new region; version of this claim; the driver's
         last record or ''; epoch ms; of one that was never heard, order of the status that its card is expected to have,
         otherwise ''; 1 when the region holds what the card says of the status, otherwise 0; epoch ms: who left a region
         before has no track there any more
Returns  1 when it now points to the new region, 0 when someone else was first
]]
local region, claimed, statusAt = unpack(redis.call('HMGET', KEYS[1], 'region', 'claimed', 'statusAt'))
if (region or '') ~= ARGV[1] or (claimed or '0') ~= ARGV[2] then return 0 end
if ARGV[7] ~= '' and (statusAt or '0') ~= ARGV[7] then return 0 end
redis.call('HSET', KEYS[1], 'region', ARGV[3], 'claimed', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'left', ARGV[5]) end
if region and region ~= ARGV[3] then
  local card = redis.call('HGETALL', KEYS[1])
  for i = 1, #card, 2 do
    if string.find(card[i], '^region:') and tonumber(card[i + 1]) < tonumber(ARGV[9]) then
      redis.call('HDEL', KEYS[1], card[i])
    end
  end
  redis.call('HSET', KEYS[1], 'region:' .. region, ARGV[6])
end
if ARGV[8] == '1' then redis.call('HDEL', KEYS[1], 'status', 'shift', 'statusAt') end
redis.call('PERSIST', KEYS[1])
return 1
