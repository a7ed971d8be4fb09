"""Under which names identity systems keep each field, and what its values have to look like."""

from __future__ import annotations

# Numbers that an organisation gives its people: a subject id where the system itself has none.
PERSONAL_NUMBER = (
    "employeeid employeeno employeenr employeenumber personnelid personnelno personnelnumber "
    "staffid staffno staffnumber workerid memberid memberno membernumber customerid customerno "
    "customernumber personid studentid studentnumber kundenid kundennr kundennummer mitarbeiterid "
    "mitarbeiternr mitarbeiternummer personalid personalnr personalnummer persnr mitgliedsid "
    "mitgliedsnr mitgliedsnummer matrikelnr matrikelnummer matricule"
)
PERSONAL_NUMBERS = frozenset(PERSONAL_NUMBER.split())
# Other names under which identity systems keep a field, without case and punctuation.
SYNONYMS = {
    "subject_id": "id sub subject subjectid userid uid guid uuid objectid externalid internalid "
    "useruuid userguid accountid benutzerid",
    "profile.username": "username login loginname userlogin logonname accountname nickname "
    "preferredusername samaccountname userprincipalname upn benutzername anmeldename identifiant "
    "usuario utente gebruikersnaam",
    "profile.email": "email mail emailaddress primaryemail useremail workemail emailid "
    "primaryemailaddress emailadresse courriel correo correoelectronico",
    "profile.email_verified": "emailverified emailconfirmed isemailverified verifiedemail "
    "mailverified verified isverified confirmed",
    "profile.phone": "phone phonenumber mobile mobilephone mobilenumber cellphone cell telephone "
    "tel primaryphone msisdn telephonenumber primaryphonenumber telefon telefonnummer handynummer "
    "mobilnummer mobiltelefon telefono telefoon",
    "profile.phone_verified": "phoneverified phonenumberverified phoneconfirmed "
    "phonenumberconfirmed mobileverified",
    "profile.given_name": "givenname firstname first forename fname vorname prenom prénom nombre "
    "voornaam",
    "profile.family_name": "familyname lastname last surname sn lname secondname nachname "
    "nomdefamille apellido apellidos cognome achternaam",
    "profile.display_name": "displayname name fullname realname commonname cn",
    "profile.locale": "locale language lang preferredlanguage culture",
    "profile.zoneinfo": "zoneinfo timezone tz",
    "profile.picture": "picture avatar photo photourl image imageurl avatarurl pictureurl",
    "profile.created_at": "createdat created createdon createdate creationdate createdtime "
    "datejoined registered registeredat signupdate registrationdate createddatetime "
    "joined joinedat joindate datecreated whencreated erstelltam angelegtam registriertam",
    "profile.last_login": "lastlogin lastloginat lastsignin lastsignedin lastsigninat lastlogon "
    "lastseen lastlogindate lastlogintime lastlogontimestamp lastlogondate lastaccess "
    "letzteanmeldung letzterlogin zuletztangemeldet dernièreconnexion",
    "profile.updated_at": "updatedat updated updatedon lastupdated lastupdatedat dateupdated "
    "modifiedat modified modifiedon lastmodified lastmodifiedat datemodified whenchanged changedat "
    "updateddatetime lastmodifieddatetime",
    "profile.emails": "emails othermails secondaryemail secondemail alternateemail",
    "authenticators.password.hash": "passwordhash passwordhashed hashedpassword passhash pwhash "
    "encryptedpassword passworddigest passwordencrypted userpass hash",
    "authenticators.password.format": "passwordformat hashformat passwordhasher passwordhashtype "
    "passwordalgorithm hashalgorithm hashingmethod hashingalgorithm",
    "authenticators.password.plaintext": "password plaintextpassword clearpassword "
    "initialpassword temporarypassword pwd passwd passwort kennwort motdepasse contraseña",
    "authenticators.password.expires_at": "passwordexpiresat passwordexpires passwordexpiry "
    "passwordexpirydate",
    "authenticators.password.must_change": "mustchangepassword passwordmustchange "
    "forcepasswordchange passwordchangerequired forcechangepassword",
    "authenticators.totp.secret": "totpsecret totp otpsecret otpkey authenticatorkey mfasecret "
    "twofactorsecret totpkey",
    "authenticators.recovery_codes": "recoverycodes backupcodes scratchcodes",
    "memberships.groups": "groups group groupnames memberof",
    "memberships.roles": "roles role rolenames userroles",
}
NAMES = {name: target for target, names in SYNONYMS.items() for name in names.split()}
NAMES |= dict.fromkeys(PERSONAL_NUMBERS, "subject_id")
# What the values of a target field have to look like for its name to be believed.
EXPECTED_SHAPES = {
    "profile.email": {"email"},
    "profile.phone": {"phone", "number"},
    "profile.given_name": {"", "boolean"},  # some have but the initial
    "profile.family_name": {"", "boolean"},
    "profile.email_verified": {"boolean"},
    "profile.phone_verified": {"boolean"},
    "authenticators.password.must_change": {"boolean"},
    "authenticators.totp.secret": {"", "hash"},
    "authenticators.password.hash": {"", "hash"},
    "authenticators.password.plaintext": {"", "number"},
    "profile.created_at": {"date", "number"},
    "profile.last_login": {"date", "number"},
    "profile.updated_at": {"date", "number"},
}
# Fields whose name may be a part of a longer one, if the values do not speak against it.
PARTIAL_TARGETS = frozenset(
    {
        "profile.email",
        "profile.email_verified",
        "profile.phone",
        "profile.given_name",
        "profile.family_name",
        "profile.display_name",
        "profile.locale",
        "profile.zoneinfo",
        "profile.created_at",
        "profile.last_login",
        "profile.updated_at",
        "authenticators.password.hash",
    }
)
# Shorter names are a part of too many words.
PARTIAL_FROM = 4
