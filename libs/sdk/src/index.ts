export { Api, devToken } from './api.js';
export { Chat } from './chat.js';
export type { ClientOptions, ConnectionState, TokenSource } from './connection.js';
export { DispatchClient } from './dispatch.js';
export { DriverClient } from './driver.js';
export { HexfleetError } from './errors.js';
export { RiderClient } from './rider.js';
export { Vehicles } from './vehicles.js';
