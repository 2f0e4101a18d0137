/** A warning of Node, as of listeners that pile up, fails the run: nobody may find one in the log of a host. */
const failOnWarning = (warning: Error): void => {
  throw warning;
};
const FAILS = Symbol.for('sent-contacts-mcp: a warning fails the run');
if (!(FAILS in process)) process.on('warning', failOnWarning); // Once, where files share a process.
Object.assign(process, { [FAILS]: true });
