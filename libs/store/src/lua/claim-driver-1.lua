--[[
Points a driver to the region that will hold it, if its driver pointer is unchanged.

KEYS[1]  driver:<id>
ARGV[1]  expected region, '' for none
ARGV[2]  expected version of the last claim, 0 for none
ARGV[3]  new region
ARGV[4]  version of this claim
ARGV[5]  <region>/<record> of the departure if the driver leaves a region, otherwise ''
ARGV[6]  now, epoch ms
ARGV[7]  expected order of the declared status if no region holds the driver, otherwise ''
ARGV[8]  1 if the region already holds the declared status, otherwise 0
ARGV[9]  epoch ms: regions left before this time have no track of the driver any more
Returns  1 if the driver now points to the new region, 0 if the driver pointer has changed
]]
local region, claimed, statusAt = unpack(redis.call('HMGET', KEYS[1], 'region', 'claimed', 'statusAt'))
if (region or '') ~= ARGV[1] or (claimed or '0') ~= ARGV[2] then return 0 end
if ARGV[7] ~= '' and (statusAt or '0') ~= ARGV[7] then return 0 end
redis.call('HSET', KEYS[1], 'region', ARGV[3], 'claimed', ARGV[4])
if ARGV[5] ~= '' then redis.call('HSET', KEYS[1], 'left', ARGV[5]) end
if region and region ~= ARGV[3] then
  local pointer = redis.call('HGETALL', KEYS[1])
  for i = 1, #pointer, 2 do
    if string.find(pointer[i], '^region:') and tonumber(pointer[i + 1]) < tonumber(ARGV[9]) then
      redis.call('HDEL', KEYS[1], pointer[i])
    end
  end
  redis.call('HSET', KEYS[1], 'region:' .. region, ARGV[6])
end
if ARGV[8] == '1' then redis.call('HDEL', KEYS[1], 'status', 'shift', 'statusAt') end
redis.call('PERSIST', KEYS[1])
return 1
