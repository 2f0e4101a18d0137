export {
  createSimulator,
  type Fault,
  type RecordedRequest,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from './simulator.ts';
