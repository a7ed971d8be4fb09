"""Which password format a system writes, with which parameters: one row a system.

For values that do not say it themselves, the row has the format, and the parameters that are the
same for all; the columns in which the rest stands beside each value; and what only the system's
operator knows. A row without a format says that its values bear the marks of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of the password hashes of one system, or of some of its versions.

    `place` is where the hash stands; `columns` are by parameter those of the same table, `secrets`
    by parameter what to ask its operator for. `source` is where that is written. Of values that
    bear the marks of their formats, `marked` are those formats. `look` is the pattern of values
    that hardly any other system writes.
    """

    name: str
    place: str
    source: str
    format_id: str = ""
    marked: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    look: str = ""


def _pbkdf2(digest: str, iterations: int, *, hash_encoding: str = "hex") -> dict[str, str]:
    """Return parameters of PBKDF2 whose salt is text."""
    return {
        "digest": digest,
        "iterations": str(iterations),
        "salt_encoding": "utf8",
        "hash_encoding": hash_encoding,
    }


def _mark(name: str, place: str, source: str, *formats: str) -> Preset:
    return Preset(name, place, source, marked=formats)


SALT = {"salt": "salt"}

ROWS: Iterable[Preset] = (
    _mark("AdonisJS", "users.password", "@adonisjs/hash", "argon2", "adonis_scrypt", "bcrypt_phc"),
    _mark("Airflow, Flask AppBuilder", "ab_user.password", "werkzeug.security", "werkzeug"),
    _mark(
        "Better Auth",
        "account.password",
        "better-auth, src/crypto/password.ts",
        "better_auth_scrypt",
    ),
    Preset(
        "CakePHP 1 and 2",
        "users.password",
        "cakephp 2.x, lib/Cake/Utility/Security.php: hash",
        "sha1_salt_password",
        secrets={"salt": "Security.salt of app/Config/core.php"},
    ),
    _mark("CakePHP from 3", "users.password", "cakephp, DefaultPasswordHasher", "bcrypt"),
    _mark(
        "CKAN", "user.password", "ckan/model/user.py: pbkdf2_sha512 of passlib", "pbkdf2_passlib"
    ),
    Preset(
        "CodeIgniter Shield, Myth:Auth",
        "auth_identities.secret2",
        "codeigniter4/shield, src/Authentication/Passwords.php",
        "bcrypt_of_digest",
        params={"inner": "sha384", "inner_encoding": "base64"},
        notes="Shield before 1.0. Later it also hashes the password itself: test one.",
    ),
    _mark(
        "CodeIgniter Ion Auth",
        "users.password",
        "benedmunds/CodeIgniter-Ion-Auth",
        "bcrypt",
        "argon2",
    ),
    _mark(
        "Devise", "users.encrypted_password", "heartcombo/devise, lib/devise/encryptor.rb", "bcrypt"
    ),
    Preset(
        "Devise with a pepper",
        "users.encrypted_password",
        "heartcombo/devise, lib/devise/encryptor.rb",
        "bcrypt_peppered",
        params={"pepper_position": "suffix"},
        secrets={"pepper": "config.pepper of config/initializers/devise.rb"},
    ),
    _mark(
        "Directus", "directus_users.password", "directus, api/src/utils/generate-hash.ts", "argon2"
    ),
    Preset(
        "Discourse",
        "users.password_hash",
        "discourse/discourse, lib/pbkdf2.rb",
        "pbkdf2_raw",
        params=_pbkdf2("sha256", 64_000),
        columns=SALT,
        notes="Before 2023. Later it is user_passwords, with the algorithm beside each value.",
    ),
    _mark(
        "Django",
        "auth_user.password",
        "django.contrib.auth.hashers",
        "django_pbkdf2_sha256",
        "django_argon2",
        "django_bcrypt_sha256",
        "django_scrypt",
    ),
    _mark(
        "Drupal",
        "users_field_data.pass",
        "drupal, core/lib/Drupal/Core/Password",
        "drupal7",
        "bcrypt",
    ),
    _mark(
        "ERPNext, Frappe",
        "__Auth.password",
        "frappe/frappe, frappe/utils/password.py",
        "pbkdf2_passlib",
        "argon2",
    ),
    _mark(
        "Feathers",
        "users.password",
        "feathersjs/feathers, authentication-local: bcryptjs",
        "bcrypt",
    ),
    Preset(
        "Flask-Security",
        "user.password",
        "Flask-Middleware/flask-security, flask_security/utils.py: get_hmac",
        "flask_security",
        secrets={"password_salt": "SECURITY_PASSWORD_SALT of the application"},
        notes="Unless SECURITY_PASSWORD_SINGLE_HASH is set.",
    ),
    Preset(
        "FOSUserBundle, Symfony before 5",
        "fos_user.password",
        "symfony, MessageDigestPasswordEncoder",
        "symfony_message_digest",
        params={"algorithm": "sha512", "iterations": "5000", "hash_encoding": "base64"},
        columns=SALT,
    ),
    _mark("Ghost", "users.password", "TryGhost/Ghost, ghost/security: bcryptjs", "bcrypt"),
    Preset(
        "Gitea before 1.19",
        "user.passwd",
        "go-gitea/gitea, modules/auth/password/hash: pbkdf2",
        "pbkdf2_raw",
        params=_pbkdf2("sha256", 10_000),
        columns=SALT,
        notes="Where passwd_hash_algo is pbkdf2. The source system Gitea reads all of them.",
        look=r"[0-9a-f]{100}",
    ),
    _mark("GitLab", "users.encrypted_password", "devise: bcrypt", "bcrypt"),
    _mark("GLPI", "glpi_users.password", "glpi-project/glpi, src/Auth.php", "bcrypt"),
    Preset(
        "Gogs",
        "user.passwd",
        "gogs/gogs, internal/userutil: EncodePassword",
        "pbkdf2_raw",
        params=_pbkdf2("sha256", 10_000),
        columns=SALT,
        look=r"[0-9a-f]{100}",
    ),
    Preset(
        "Grafana",
        "user.password",
        "grafana/grafana, pkg/util/encoding.go: EncodePassword",
        "pbkdf2_raw",
        params=_pbkdf2("sha256", 10_000),
        columns=SALT,
        look=r"[0-9a-f]{100}",
    ),
    _mark(
        "Indico",
        "users.identities.password_hash",
        "indico/indico, indico/util/passwords.py",
        "bcrypt",
    ),
    _mark("Invision Community 4", "core_members.members_pass_hash", "bcrypt of PHP", "bcrypt"),
    _mark("Jenkins", "config.xml: passwordHash", "HudsonPrivateSecurityRealm", "jenkins"),
    _mark(
        "Joomla from 3.2",
        "#__users.password",
        "joomla, libraries/src/User/UserHelper.php",
        "bcrypt",
        "argon2",
    ),
    Preset(
        "Joomla before 2.5.18 and 3.2",
        "#__users.password",
        "joomla, JUserHelper::getCryptedPassword",
        "joomla_md5",
        notes="The salt stands behind a colon.",
    ),
    _mark(
        "Keystone of OpenStack",
        "password.password_hash",
        "keystone/common/password_hashing.py",
        "bcrypt",
        "pbkdf2_passlib",
        "scrypt_phc",
        "sha512_crypt",
    ),
    _mark(
        "KeystoneJS", "User.password", "keystonejs/keystone, fields password: bcryptjs", "bcrypt"
    ),
    _mark("Laravel", "users.password", "illuminate/hashing", "bcrypt", "argon2"),
    _mark(
        "Liferay", "User_.password_", "liferay-portal, PBKDF2PasswordEncryptor", "liferay_pbkdf2"
    ),
    Preset(
        "Matomo",
        "matomo_user.password",
        "matomo-org/matomo, UsersManager::getPasswordHash and core/Auth/Password.php",
        "bcrypt_of_digest",
        params={"inner": "md5", "inner_encoding": "hex"},
    ),
    _mark("MediaWiki", "user.user_password", "mediawiki, includes/password", "mediawiki"),
    Preset(
        "Moodle before 2.5",
        "mdl_user.password",
        "moodle, lib/moodlelib.php: hash_internal_user_password",
        "joomla_md5",
        secrets={"salt": "$CFG->passwordsaltmain of config.php"},
    ),
    _mark(
        "Moodle from 2.5",
        "mdl_user.password",
        "moodle, lib/moodlelib.php",
        "bcrypt",
        "sha512_crypt",
    ),
    Preset(
        "MyBB",
        "mybb_users.password",
        "mybb/mybb, inc/functions_user.php: salt_password",
        "mybb_ipb",
        columns=SALT,
    ),
    _mark(
        "Nextcloud, ownCloud",
        "oc_users.password",
        "nextcloud/server, lib/private/Security/Hasher",
        "nextcloud",
    ),
    Preset(
        "NodeBB",
        "user:*.password",
        "NodeBB/NodeBB, src/password.js and password:shaWrapped",
        "bcrypt_of_digest",
        params={"inner": "sha512", "inner_encoding": "hex"},
        notes="Where password:shaWrapped is 1, as of every password since 1.14.",
    ),
    Preset(
        "nopCommerce",
        "CustomerPassword.Password",
        "nopSolutions/nopCommerce, EncryptionService.CreatePasswordHash",
        "sha512_password_salt",
        columns={"salt": "PasswordSalt"},
        notes="Where PasswordFormatId is 1, from 4.00.",
    ),
    Preset(
        "nopCommerce before 4.00",
        "Customer.Password",
        "nopSolutions/nopCommerce, EncryptionService.CreatePasswordHash",
        "sha1_password_salt",
        columns={"salt": "PasswordSalt"},
        notes="Where PasswordFormatId is 1.",
    ),
    _mark(
        "Odoo",
        "res_users.password",
        "odoo/odoo, addons/base: pbkdf2_sha512 of passlib",
        "pbkdf2_passlib",
    ),
    Preset(
        "OpenCart before 4",
        "oc_customer.password",
        "opencart, catalog/model/account/customer.php",
        "opencart",
        columns=SALT,
    ),
    _mark(
        "Parse Server",
        "_User._hashed_password",
        "parse-community/parse-server, src/password.js",
        "bcrypt",
        "argon2",
    ),
    Preset(
        "passport-local-mongoose",
        "users.hash",
        "saintedlama/passport-local-mongoose, lib/options-validator.js",
        "pbkdf2_raw",
        params=_pbkdf2("sha256", 25_000),
        columns=SALT,
        notes="With its default options.",
        look=r"[0-9a-f]{1024}",
    ),
    Preset(
        "Payload",
        "users.hash",
        "payloadcms/payload, auth/strategies/local/generatePasswordSaltHash.ts",
        "pbkdf2_raw",
        params=_pbkdf2("sha256", 25_000),
        columns=SALT,
        look=r"[0-9a-f]{1024}",
    ),
    _mark(
        "phpBB 3",
        "phpbb_users.user_password",
        "phpbb/phpbb, phpBB/phpbb/passwords",
        "phpass",
        "bcrypt",
        "argon2",
    ),
    Preset(
        "PrestaShop before 1.7",
        "ps_customer.passwd",
        "PrestaShop 1.6, classes/Tools.php: encrypt",
        "oscommerce_md5",
        secrets={"salt": "_COOKIE_KEY_ of config/settings.inc.php"},
    ),
    _mark(
        "PrestaShop from 1.7",
        "ps_customer.passwd",
        "PrestaShop, src/Core/Crypto/Hashing.php",
        "bcrypt",
    ),
    Preset(
        "Redmine",
        "users.hashed_password",
        "redmine, app/models/user.rb: salt_password",
        "redmine",
        columns=SALT,
    ),
    Preset(
        "RedwoodJS",
        "User.hashedPassword",
        "redwoodjs, packages/auth-providers/dbAuth/api/src/shared.ts",
        "redwood",
        columns=SALT,
    ),
    Preset(
        "Rocket.Chat",
        "users.services.password.bcrypt",
        "meteor/meteor, packages/accounts-password",
        "meteor_bcrypt",
    ),
    _mark("Shopware 6", "customer.password", "shopware: password_hash of PHP", "bcrypt", "argon2"),
    Preset(
        "SMF 1.1 and 2.0",
        "smf_members.passwd",
        "SimpleMachines/SMF 2.0, Sources/LogInOut.php",
        "smf_sha1",
        notes="The user name is hashed as well: map it.",
    ),
    Preset(
        "SMF 2.1",
        "smf_members.passwd",
        "SimpleMachines/SMF, Sources/Subs-Auth.php: hash_password",
        "smf_bcrypt",
        notes="The user name is hashed as well: map it.",
    ),
    Preset(
        "SonarQube",
        "users.crypted_password",
        "SonarSource/sonarqube, CredentialsLocalAuthentication",
        "sonarqube",
        columns=SALT,
    ),
    _mark("Strapi", "up_users.password", "strapi/strapi, users-permissions: bcryptjs", "bcrypt"),
    Preset(
        "SuiteCRM",
        "users.user_hash",
        "salesagility/SuiteCRM, modules/Users/User.php: getPasswordHash",
        "bcrypt_of_digest",
        params={"inner": "md5", "inner_encoding": "hex"},
    ),
    _mark("Superset", "ab_user.password", "werkzeug.security", "werkzeug"),
    _mark(
        "Synapse", "users.password_hash", "element-hq/synapse, synapse/handlers/auth.py", "bcrypt"
    ),
    Preset(
        "Synapse with a pepper",
        "users.password_hash",
        "element-hq/synapse, synapse/handlers/auth.py",
        "synapse_bcrypt",
        secrets={"pepper": "password_config.pepper of homeserver.yaml"},
    ),
    _mark(
        "TYPO3",
        "fe_users.password",
        "TYPO3, Classes/Crypto/PasswordHashing",
        "argon2",
        "bcrypt",
        "pbkdf2_passlib",
        "phpass",
    ),
    Preset(
        "vBulletin 3 and 4",
        "user.password",
        "vBulletin: md5(md5(password) + salt)",
        "vbulletin",
        columns=SALT,
    ),
    _mark(
        "WordPress",
        "wp_users.user_pass",
        "WordPress, wp-includes/pluggable.php",
        "wordpress_bcrypt",
        "phpass",
    ),
    Preset(
        "WSO2 Identity Server, API Manager",
        "UM_USER.UM_USER_PASSWORD",
        "wso2/carbon-kernel, JDBCUserStoreManager.preparePassword",
        "digest",
        params={"algorithm": "sha256", "salt_position": "suffix", "hash_encoding": "base64"},
        columns={"salt": "UM_SALT_VALUE"},
        notes="With the default SHA-256 and StoreSaltedPassword.",
    ),
    _mark(
        "XenForo", "xf_user_authenticate.data", "XenForo, XF/Authentication", "xenforo", "bcrypt"
    ),
    _mark("Yii 2", "user.password_hash", "yiisoft/yii2, base/Security.php", "bcrypt"),
    _mark("Zabbix from 5.0", "users.passwd", "zabbix, CUser::login: bcrypt", "bcrypt"),
    Preset("Zabbix before 5.0", "users.passwd", "zabbix, md5($password)", "unsalted_md5"),
)

PRESETS: Mapping[str, Preset] = MappingProxyType(
    {each.name: each for each in sorted(ROWS, key=lambda row: row.name.casefold())}
)


def find_preset(name: str) -> Preset | None:
    """Return the preset of that name, in whatever case it is written; None for none."""
    wanted = name.strip().casefold()
    return next((each for each in PRESETS.values() if each.name.casefold() == wanted), None)


def list_alike(value: str) -> list[str]:
    """Return the names of systems that write values of this look, and hardly any others do."""
    text = value.strip()
    return [each.name for each in PRESETS.values() if each.look and re.fullmatch(each.look, text)]
