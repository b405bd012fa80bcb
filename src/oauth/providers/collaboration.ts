import type { Provider } from '../provider.ts'
import { DAY_SECONDS } from './placeholders.ts'

/** Where people plan, write, draw, meet and talk. */
export const collaboration: readonly Provider[] = [
  {
    id: 'airtable',
    name: 'Airtable',
    documentation:
      'https://support.airtable.com/docs/troubleshooting-oauth-integrations-in-airtable',
    tokenEndpoint: 'https://airtable.com/oauth2/v1/token',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 60 * DAY_SECONDS,
    whoAmI: 'https://api.airtable.com/v0/meta/whoami',
  },
  {
    id: 'asana',
    name: 'Asana',
    documentation: 'https://developers.asana.com/docs/oauth',
    tokenEndpoint: 'https://app.asana.com/-/oauth_token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'non-rotating',
    whoAmI: 'https://app.asana.com/api/1.0/users/me',
  },
  {
    id: 'atlassian-3lo',
    name: 'Atlassian (Jira, Confluence)',
    documentation:
      'https://developer.atlassian.com/cloud/oauth/getting-started/refresh-tokens',
    tokenEndpoint: 'https://auth.atlassian.com/oauth/token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'grace',
    graceSeconds: 540,
    refreshTokenIdleSeconds: 90 * DAY_SECONDS,
    refreshTokenAbsoluteSeconds: 365 * DAY_SECONDS,
    whoAmI: 'https://api.atlassian.com/oauth/token/accessible-resources',
  },
  {
    id: 'box',
    name: 'Box',
    documentation:
      'https://developer.box.com/guides/authentication/tokens/refresh/',
    tokenEndpoint: 'https://api.box.com/oauth2/token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 60 * DAY_SECONDS,
    whoAmI: 'https://api.box.com/2.0/users/me',
  },
  {
    id: 'canva',
    name: 'Canva Connect',
    documentation:
      'https://canva.dev/docs/connect/api-reference/authentication/generate-access-token',
    tokenEndpoint: 'https://api.canva.com/rest/v1/oauth/token',
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    rotationClass: 'strict',
    whoAmI: 'https://api.canva.com/rest/v1/users/me',
  },
  {
    id: 'discord',
    name: 'Discord',
    documentation: 'https://discord.com/developers/docs/topics/oauth2',
    tokenEndpoint: 'https://discord.com/api/oauth2/token',
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    rotationClass: 'strict',
    whoAmI: 'https://discord.com/api/users/@me',
  },
  {
    id: 'dropbox',
    name: 'Dropbox',
    documentation:
      'https://dropbox.tech/developers/using-oauth-2-0-with-offline-access',
    tokenEndpoint: 'https://api.dropboxapi.com/oauth2/token',
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    rotationClass: 'non-rotating',
  },
  {
    id: 'figma',
    name: 'Figma',
    documentation: 'https://developers.figma.com/docs/rest-api/authentication/',
    // For refreshing only; codes are exchanged at another one.
    tokenEndpoint: 'https://api.figma.com/v1/oauth/refresh',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'non-rotating',
    whoAmI: 'https://api.figma.com/v1/me',
  },
  {
    id: 'linear',
    name: 'Linear',
    documentation:
      'https://linear.app/developers/oauth-2-0-authentication#migrate-to-using-refresh-tokens',
    tokenEndpoint: 'https://api.linear.app/oauth/token',
    clientAuthMethods: ['client_secret_post'],
    rotationClass: 'strict',
  },
  {
    id: 'matrix',
    name: 'Matrix',
    documentation:
      'https://spec.matrix.org/latest/client-server-api/#post_matrixclientv3refresh',
    tokenEndpoint: 'https://{homeserver}/_matrix/client/v3/refresh',
    placeholders: {
      homeserver: {
        description: 'host of the homeserver',
        example: 'matrix.example.org',
      },
    },
    clientAuthMethods: ['none'],
    request: {
      format: 'json',
      omittedParameters: ['grant_type', 'client_id'],
    },
    reply: {
      expiresInMilliseconds: 'expires_in_ms',
      hasNoTokenType: true,
      deadErrors: ['M_UNKNOWN_TOKEN'],
    },
    rotationClass: 'confirm-on-use',
    whoAmI: 'https://{homeserver}/_matrix/client/v3/account/whoami',
  },
  {
    id: 'miro',
    name: 'Miro',
    documentation:
      'https://developers.miro.com/reference/get-new-access-token-using-refresh-token',
    tokenEndpoint: 'https://api.miro.com/v1/oauth/token',
    clientAuthMethods: ['client_secret_post'],
    request: { format: 'query' },
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 60 * DAY_SECONDS,
    whoAmI: 'https://api.miro.com/v1/oauth-token',
  },
  {
    id: 'notion',
    name: 'Notion',
    documentation: 'https://developers.notion.com/reference/refresh-a-token',
    tokenEndpoint: 'https://api.notion.com/v1/oauth/token',
    clientAuthMethods: ['client_secret_basic'],
    request: { format: 'json' },
    rotationClass: 'strict',
  },
  {
    id: 'ringcentral',
    name: 'RingCentral',
    documentation:
      'https://developers.ringcentral.com/guide/authentication/refresh-tokens',
    tokenEndpoint: 'https://platform.ringcentral.com/restapi/oauth/token',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 7 * DAY_SECONDS,
  },
  {
    id: 'slack',
    name: 'Slack',
    documentation: 'https://docs.slack.dev/authentication/using-token-rotation',
    tokenEndpoint: 'https://slack.com/api/oauth.v2.access',
    clientAuthMethods: ['client_secret_post'],
    reply: { clientErrors: ['bad_client_secret', 'invalid_client_id'] },
    rotationClass: 'strict',
  },
  {
    id: 'zoom',
    name: 'Zoom',
    documentation: 'https://developers.zoom.us/docs/integrations/oauth/',
    tokenEndpoint: 'https://zoom.us/oauth/token',
    clientAuthMethods: ['client_secret_basic'],
    rotationClass: 'strict',
    refreshTokenIdleSeconds: 90 * DAY_SECONDS,
    whoAmI: 'https://api.zoom.us/v2/users/me',
  },
]
