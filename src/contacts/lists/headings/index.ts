export {
  fieldKey,
  type Heading,
  isKnownHeading,
  type Label,
  labelIn,
  labelledName,
  plainHeader,
  readHeading,
} from './heading.ts';
