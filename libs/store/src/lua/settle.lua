--[[
Takes from a card what its region's record says by now, if nobody claimed the driver since.

KEYS[1]  driver:<id>
ARGV     version of the claim
]]
if redis.call('HGET', KEYS[1], 'claimed') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'left', 'status', 'shift', 'statusAt')
end
