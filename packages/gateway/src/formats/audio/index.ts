/**
 * Speech, transcription and translation in OpenAI's shape: bytes pass through. Forms are read where they lie, so that
 * a file is never copied for the few words beside it.
 */
export { fieldText, readMultipart, requiredField, type MultipartField } from './multipart.ts'
export { readSpeechEvent, readSpeechRequest, speechUsage } from './speech-facts.ts'
export { readTranscription, readTranscriptionEvent, type TranscriptionFacts } from './transcription-facts.ts'
export { forwardTranscription, readTranscriptionRequest } from './transcription-request.ts'
