"""The IRIs that statements are made of: taken from published profiles, our own only where none fits.

`PROFILE` and everything below it is ours. Its registration at w3id.org is pending: until that is done the IRIs
identify and do not resolve. The profile itself is `profile.jsonld`, which an LRS serves beside its statements.
"""

from typing import Final

# Verbs of ADL's vocabulary.
ANSWERED: Final = "http://adlnet.gov/expapi/verbs/answered"
ATTENDED: Final = "http://adlnet.gov/expapi/verbs/attended"
COMPLETED: Final = "http://adlnet.gov/expapi/verbs/completed"
EXPERIENCED: Final = "http://adlnet.gov/expapi/verbs/experienced"
FAILED: Final = "http://adlnet.gov/expapi/verbs/failed"
INITIALIZED: Final = "http://adlnet.gov/expapi/verbs/initialized"
LAUNCHED: Final = "http://adlnet.gov/expapi/verbs/launched"
PASSED: Final = "http://adlnet.gov/expapi/verbs/passed"
PROGRESSED: Final = "http://adlnet.gov/expapi/verbs/progressed"
SCORED: Final = "http://adlnet.gov/expapi/verbs/scored"
TERMINATED: Final = "http://adlnet.gov/expapi/verbs/terminated"
VOIDED: Final = "http://adlnet.gov/expapi/verbs/voided"

# Verbs of cmi5 that are not ADL's.
ABANDONED: Final = "https://w3id.org/xapi/adl/verbs/abandoned"
SATISFIED: Final = "https://w3id.org/xapi/adl/verbs/satisfied"
WAIVED: Final = "https://w3id.org/xapi/adl/verbs/waived"

# Verbs of the video profile (which also uses initialized, completed and terminated).
PAUSED: Final = "https://w3id.org/xapi/video/verbs/paused"
PLAYED: Final = "https://w3id.org/xapi/video/verbs/played"
SEEKED: Final = "https://w3id.org/xapi/video/verbs/seeked"

# Verbs of Activity Streams and of the Tin Can registry.
ACKNOWLEDGED: Final = "http://activitystrea.ms/schema/1.0/acknowledge"
SUBMITTED: Final = "http://activitystrea.ms/schema/1.0/submit"
EARNED: Final = "http://id.tincanapi.com/verb/earned"

# Activity types.
ASSESSMENT: Final = "http://adlnet.gov/expapi/activities/assessment"
COURSE: Final = "http://adlnet.gov/expapi/activities/course"
INTERACTION: Final = "http://adlnet.gov/expapi/activities/cmi.interaction"
LESSON: Final = "http://adlnet.gov/expapi/activities/lesson"
MEETING: Final = "http://adlnet.gov/expapi/activities/meeting"
MODULE: Final = "http://adlnet.gov/expapi/activities/module"
OBJECTIVE: Final = "http://adlnet.gov/expapi/activities/objective"
PROFILE_TYPE: Final = "http://adlnet.gov/expapi/activities/profile"
QUESTION: Final = "http://adlnet.gov/expapi/activities/question"
VIDEO: Final = "https://w3id.org/xapi/video/activity-type/video"
CERTIFICATE: Final = "https://www.opigno.org/en/tincan_registry/activity_type/certificate"

# Categories of profiles, for context.contextActivities.category.
CMI5_CATEGORY: Final = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
CMI5_MOVE_ON: Final = "https://w3id.org/xapi/cmi5/context/categories/moveon"
VIDEO_CATEGORY: Final = "https://w3id.org/xapi/video"

# Extensions of the video profile and of cmi5.
VIDEO_COMPLETION_THRESHOLD: Final = "https://w3id.org/xapi/video/extensions/completion-threshold"
VIDEO_LENGTH: Final = "https://w3id.org/xapi/video/extensions/length"
VIDEO_PLAYED_SEGMENTS: Final = "https://w3id.org/xapi/video/extensions/played-segments"
VIDEO_PROGRESS: Final = "https://w3id.org/xapi/video/extensions/progress"
VIDEO_SESSION: Final = "https://w3id.org/xapi/video/extensions/session-id"
VIDEO_TIME: Final = "https://w3id.org/xapi/video/extensions/time"
VIDEO_TIME_FROM: Final = "https://w3id.org/xapi/video/extensions/time-from"
VIDEO_TIME_TO: Final = "https://w3id.org/xapi/video/extensions/time-to"
CMI5_MASTERY_SCORE: Final = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
CMI5_SESSION: Final = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"

# Our own.
PROFILE: Final = "https://w3id.org/xapi/mentorcert"
PROFILE_VERSION: Final = f"{PROFILE}/v1.0.0"
"""The version of the profile that our statements follow; a published version never changes."""
REVOKED: Final = f"{PROFILE}/verbs/revoked"
RECORDING: Final = f"{PROFILE}/activity-types/recording"
REFLECTION: Final = f"{PROFILE}/activity-types/reflection"
STRENGTHS: Final = f"{PROFILE}/activity-types/strengths"
ORIENTATION: Final = f"{PROFILE}/activity-types/orientation"
APPEAL_EXTENSION: Final = f"{PROFILE}/extensions/appeal"
CONSENT_EXTENSION: Final = f"{PROFILE}/extensions/consent"
CRITERIA_EXTENSION: Final = f"{PROFILE}/extensions/criteria"
RUBRIC_EXTENSION: Final = f"{PROFILE}/extensions/rubric"
