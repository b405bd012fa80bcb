// Generated from providers/: npm run generate
import type { Provider } from './provider.ts'
import { provider as theAdobeIms } from './providers/adobe-ims.ts'
import { provider as theAirtable } from './providers/airtable.ts'
import { provider as theAmazonLwa } from './providers/amazon-lwa.ts'
import { provider as theAnthropicClaude } from './providers/anthropic-claude.ts'
import { provider as theAsana } from './providers/asana.ts'
import { provider as theAtlassian3lo } from './providers/atlassian-3lo.ts'
import { provider as theAuth0 } from './providers/auth0.ts'
import { provider as theAwsCognito } from './providers/aws-cognito.ts'
import { provider as theBitbucket } from './providers/bitbucket.ts'
import { provider as theBox } from './providers/box.ts'
import { provider as theCanva } from './providers/canva.ts'
import { provider as theChromeWebStore } from './providers/chrome-web-store.ts'
import { provider as theCloudflare } from './providers/cloudflare.ts'
import { provider as theDatabricks } from './providers/databricks.ts'
import { provider as theDigitalocean } from './providers/digitalocean.ts'
import { provider as theDiscord } from './providers/discord.ts'
import { provider as theDocusign } from './providers/docusign.ts'
import { provider as theDropbox } from './providers/dropbox.ts'
import { provider as theEbay } from './providers/ebay.ts'
import { provider as theFigma } from './providers/figma.ts'
import { provider as theFitbit } from './providers/fitbit.ts'
import { provider as theGithubAppUser } from './providers/github-app-user.ts'
import { provider as theGitlabOauth } from './providers/gitlab-oauth.ts'
import { provider as theGitlabPat } from './providers/gitlab-pat.ts'
import { provider as theGoogle } from './providers/google.ts'
import { provider as theGooglePlay } from './providers/google-play.ts'
import { provider as theHeroku } from './providers/heroku.ts'
import { provider as theHubspot } from './providers/hubspot.ts'
import { provider as theJfrog } from './providers/jfrog.ts'
import { provider as theKeycloak } from './providers/keycloak.ts'
import { provider as theLinear } from './providers/linear.ts'
import { provider as theLinkedin } from './providers/linkedin.ts'
import { provider as theMatrix } from './providers/matrix.ts'
import { provider as theMicrosoftEntra } from './providers/microsoft-entra.ts'
import { provider as theMiro } from './providers/miro.ts'
import { provider as theNotion } from './providers/notion.ts'
import { provider as theOkta } from './providers/okta.ts'
import { provider as theOktaOrg } from './providers/okta-org.ts'
import { provider as theOnelogin } from './providers/onelogin.ts'
import { provider as theOpenaiCodex } from './providers/openai-codex.ts'
import { provider as theOryHydra } from './providers/ory-hydra.ts'
import { provider as thePaypal } from './providers/paypal.ts'
import { provider as thePingfederate } from './providers/pingfederate.ts'
import { provider as thePingone } from './providers/pingone.ts'
import { provider as theQuickbooksIntuit } from './providers/quickbooks-intuit.ts'
import { provider as theReddit } from './providers/reddit.ts'
import { provider as theRingcentral } from './providers/ringcentral.ts'
import { provider as theSalesforce } from './providers/salesforce.ts'
import { provider as theSentry } from './providers/sentry.ts'
import { provider as theShopify } from './providers/shopify.ts'
import { provider as theSlack } from './providers/slack.ts'
import { provider as theSmartcar } from './providers/smartcar.ts'
import { provider as theSnowflake } from './providers/snowflake.ts'
import { provider as theSpotify } from './providers/spotify.ts'
import { provider as theStrava } from './providers/strava.ts'
import { provider as theStripeApps } from './providers/stripe-apps.ts'
import { provider as theStripeConnect } from './providers/stripe-connect.ts'
import { provider as theVercel } from './providers/vercel.ts'
import { provider as theWithings } from './providers/withings.ts'
import { provider as theXTwitter } from './providers/x-twitter.ts'
import { provider as theXero } from './providers/xero.ts'
import { provider as theZitadel } from './providers/zitadel.ts'
import { provider as theZoho } from './providers/zoho.ts'
import { provider as theZoom } from './providers/zoom.ts'

/** All known providers, by id and in its order. */
export const providers: ReadonlyMap<string, Provider> = new Map([
  ['adobe-ims', theAdobeIms],
  ['airtable', theAirtable],
  ['amazon-lwa', theAmazonLwa],
  ['anthropic-claude', theAnthropicClaude],
  ['asana', theAsana],
  ['atlassian-3lo', theAtlassian3lo],
  ['auth0', theAuth0],
  ['aws-cognito', theAwsCognito],
  ['bitbucket', theBitbucket],
  ['box', theBox],
  ['canva', theCanva],
  ['chrome-web-store', theChromeWebStore],
  ['cloudflare', theCloudflare],
  ['databricks', theDatabricks],
  ['digitalocean', theDigitalocean],
  ['discord', theDiscord],
  ['docusign', theDocusign],
  ['dropbox', theDropbox],
  ['ebay', theEbay],
  ['figma', theFigma],
  ['fitbit', theFitbit],
  ['github-app-user', theGithubAppUser],
  ['gitlab-oauth', theGitlabOauth],
  ['gitlab-pat', theGitlabPat],
  ['google', theGoogle],
  ['google-play', theGooglePlay],
  ['heroku', theHeroku],
  ['hubspot', theHubspot],
  ['jfrog', theJfrog],
  ['keycloak', theKeycloak],
  ['linear', theLinear],
  ['linkedin', theLinkedin],
  ['matrix', theMatrix],
  ['microsoft-entra', theMicrosoftEntra],
  ['miro', theMiro],
  ['notion', theNotion],
  ['okta', theOkta],
  ['okta-org', theOktaOrg],
  ['onelogin', theOnelogin],
  ['openai-codex', theOpenaiCodex],
  ['ory-hydra', theOryHydra],
  ['paypal', thePaypal],
  ['pingfederate', thePingfederate],
  ['pingone', thePingone],
  ['quickbooks-intuit', theQuickbooksIntuit],
  ['reddit', theReddit],
  ['ringcentral', theRingcentral],
  ['salesforce', theSalesforce],
  ['sentry', theSentry],
  ['shopify', theShopify],
  ['slack', theSlack],
  ['smartcar', theSmartcar],
  ['snowflake', theSnowflake],
  ['spotify', theSpotify],
  ['strava', theStrava],
  ['stripe-apps', theStripeApps],
  ['stripe-connect', theStripeConnect],
  ['vercel', theVercel],
  ['withings', theWithings],
  ['x-twitter', theXTwitter],
  ['xero', theXero],
  ['zitadel', theZitadel],
  ['zoho', theZoho],
  ['zoom', theZoom],
])
