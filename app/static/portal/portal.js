// Everything works without this file; it adds what GOV.UK Frontend adds: focus on the error summary, a folding menu,
// revealed fields, buttons that ignore a second click.
import { initAll } from '../vendor/govuk-frontend.min.js'

initAll()

// A file that cannot be taken is not sent at all: a telephone would upload it for minutes only to read that.
for (const field of document.querySelectorAll('input[type=file][data-bytes-left]')) {
  const group = field.closest('.govuk-form-group')
  const given = field.getAttribute('aria-describedby') || ''
  // As the server rounds: one byte too many must not read like the limit.
  const megabytes = (bytes, round) => (round(bytes * 10 / 1048576) / 10).toFixed(1)

  const forget = () => {
    const told = document.getElementById(`${field.id}-size`)
    if (!told) return
    told.remove()
    field.setAttribute('aria-describedby', given)
    if (group.querySelector('.govuk-error-message')) return
    group.classList.remove('govuk-form-group--error')
    field.classList.remove('govuk-file-upload--error')
  }

  const look = () => {
    const file = field.files[0]
    if (!file) return
    forget()
    const left = Number(field.dataset.bytesLeft)
    if (file.size <= left) return
    const told = document.createElement('p')
    told.id = `${field.id}-size`
    told.className = 'govuk-error-message'
    told.setAttribute('role', 'alert')
    const kind = document.createElement('span')
    kind.className = 'govuk-visually-hidden'
    kind.textContent = `${field.dataset.error}: `
    const values = { file: file.name, size: megabytes(file.size, Math.ceil), left: megabytes(left, Math.floor) }
    told.append(kind, field.dataset.tooBig.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place))
    field.before(told)
    group.classList.add('govuk-form-group--error')
    field.classList.add('govuk-file-upload--error')
    field.setAttribute('aria-describedby', `${given} ${told.id}`.trim())
    field.value = ''
  }

  field.addEventListener('change', look)
  addEventListener('pageshow', look) // a browser may put the file back with the page
}
