export { runDoctor } from './doctor.ts';
export type { DoctorIo } from './doctor-io.ts';
