/** Prompt templates: a subset of Jinja2 with strict variables, bounded work, and values that cannot pose as the author. */
export { compileTemplate, type CompiledTemplate, type TemplateVariable } from './compile-template.ts'
export { historyName, renderTemplate } from './render-template.ts'
export { valueLetter, type RenderedText } from './taint-marks.ts'
