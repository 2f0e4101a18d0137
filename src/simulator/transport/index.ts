export { createFaults, type Fault, type FaultKind, type Faults } from './faults.ts';
export { fetchOver } from './in-process.ts';
export { serve } from './server.ts';
export { createTransport, type RecordedRequest, type Transport } from './transport.ts';
