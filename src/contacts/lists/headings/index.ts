export {
  fieldKey,
  type Heading,
  isKnownHeading,
  type Label,
  labelIn,
  labelledName,
  plainHeader,
  readHeading,
  remembered,
} from './heading.ts';
