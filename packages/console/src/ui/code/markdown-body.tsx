import type { ReactElement } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'

const plugins = [remarkGfm]
const components: Components = {
  // A remote image in a model's answer would tell its server who reads; the words stay, the request does not happen.
  img: ({ alt, src }) => (
    <span className="text-muted">[image: {alt === undefined || alt === '' ? String(src) : alt}]</span>
  ),
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
}

/** react-markdown without raw HTML. Loaded only when needed: use `MarkdownView`. */
export default function MarkdownBody(props: { readonly text: string }): ReactElement {
  return (
    <ReactMarkdown remarkPlugins={plugins} components={components} skipHtml>
      {props.text}
    </ReactMarkdown>
  )
}
