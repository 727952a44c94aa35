// Everything works without this file; it adds what GOV.UK Frontend adds: focus on the error summary, a folding menu,
// revealed fields, buttons that ignore a second click.
import { initAll } from '../vendor/govuk-frontend.min.js'

initAll()
